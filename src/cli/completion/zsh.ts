/**
 * Completion for zsh: a function for each command, which tells `_arguments` of its flags.
 * @module
 */
import { quoteWord } from "../shell.ts";
import { allCommands, type CompletedCommand, type CompletedFlag, type Values } from "./completed.ts";

/** Writes the script, to be evaluated or to be put into a folder of `fpath` as `_impasto`. */
export const zshCompletion = (program: CompletedCommand): string => `#compdef impasto
# Completes impasto in zsh: eval "$(impasto completion zsh)"
_impasto_word_or_file() { _alternative "words:word:($*)" "files:file:_files" }
${allCommands(program).map(writeFunction).join("\n")}
if [[ \${funcstack[1]} == _impasto ]]; then _impasto "$@"; else compdef _impasto impasto; fi
`;

/** `_impasto`, `_impasto_weights_fetch`. */
const functionOf = (path: readonly string[]): string => ["_impasto", ...path].join("_");

function writeFunction({ path, flags, commands, values }: CompletedCommand): string {
  const specs = flags.flatMap(writeFlag);
  const place = [...(commands.length > 0 ? ["1: :->first"] : []), `*: :${action(values)}`];
  const below = commands.map(
    (command) =>
      `    ${command.path.at(-1)}) shift words; (( CURRENT-- )); ${functionOf(command.path)}; return ;;`,
  );
  const choose = `  if (( CURRENT > 2 )); then case \${words[2]} in
${below.join("\n")}
  esac; fi
`;
  const described = commands.map(({ path: names, summary }) => escapeColons(names.at(-1) ?? "", summary));
  const first = `  if [[ $state == first ]]; then
    local -a commands=(${described.map(quoteWord).join(" ")})
    _describe command commands
    ${values.files ? "_files" : ""}
  fi
`;
  return `${functionOf(path)}() {
  local context state state_descr line
  typeset -A opt_args
${commands.length > 0 ? choose : ""}  _arguments ${[...specs, ...place].map(quoteWord).join(" \\\n    ")}
${commands.length > 0 ? first : ""}}`;
}

/** One for each of its names: `*--size[longest side of the result]: :(original)`. Some with a value are given again. */
const writeFlag = ({ names, summary, value }: CompletedFlag): readonly string[] =>
  names.map((name) => {
    const following = value === undefined ? "" : `: :${action(value)}`;
    const again = value === undefined ? `(${names.join(" ")})` : "*";
    return `${again}${name}[${summary.replaceAll(/[[\]\\:]/g, "\\$&")}]${following}`;
  });

function action({ words, files }: Values): string {
  const choices = `(${words.join(" ")})`;
  if (!files) return words.length === 0 ? " " : choices;
  return words.length === 0 ? "_files" : ` _impasto_word_or_file ${words.join(" ")}`;
}

const escapeColons = (name: string, summary: string): string => `${name.replaceAll(":", "\\:")}:${summary}`;
