/**
 * Completion for bash, from version 3.2 on. The first words that are commands decide whose flags are completed; words and
 * files of the same beginning are offered side by side.
 * @module
 */
import { quoteWord } from "../shell.ts";
import { allCommands, type CompletedCommand, type Values } from "./completed.ts";

/** Writes the script. */
export function bashCompletion(program: CompletedCommand): string {
  const commands = allCommands(program);
  const paths = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoteWord(path.join(" ")));
  return `# Completes impasto in bash: eval "$(impasto completion bash)"
_impasto() {
  local IFS=$' \\t\\n'
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= next i
  # bash takes --flag=value for three words.
  if [[ $current == = ]]; then current=
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${command:+$command }\${COMP_WORDS[i]}"
    case $next in
      ${paths.join("|")}) command=$next ;;
      *) break ;;
    esac
  done
  local words= files=
  case "$command $before" in
${commands.flatMap(flagCases).join("\n")}
    *)
      case $command in
${commands.map(commandCase).join("\n")}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ -n $files ]]; then
    IFS=$'\\n'
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _impasto impasto
`;
}

/** What follows the flags of a command, those with the same values together. */
function flagCases({ path, flags }: CompletedCommand): readonly string[] {
  return flags.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    const pattern = names.map((name) => quoteWord(`${path.join(" ")} ${name}`)).join("|");
    return [`    ${pattern}) ${setting(value)} ;;`];
  });
}

/** Flags where one is begun; other commands right behind this one; and else whatever it takes. */
function commandCase({ path, flags, commands, values }: CompletedCommand): string {
  const names = flags.flatMap((flag) => flag.names);
  const below = commands.map((command) => command.path.at(-1) ?? "");
  const behind = `elif ((i == COMP_CWORD)); then ${setting({ words: below, files: values.files })}
          `;
  return `        ${quoteWord(path.join(" "))})
          if [[ $current == -* ]]; then ${setting({ words: names, files: false })}
          ${below.length === 0 ? "" : behind}else ${setting(values)}
          fi ;;`;
}

const setting = ({ words, files }: Values): string =>
  `words=${quoteWord(words.join(" "))}${files ? " files=yes" : ""}`;
