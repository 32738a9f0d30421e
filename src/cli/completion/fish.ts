/**
 * Completion for fish: a line for each flag and each command.
 * @module
 */
import { allCommands, type CompletedCommand, type CompletedFlag } from "./completed.ts";

/** Writes the script. */
export const fishCompletion = (
  program: CompletedCommand,
): string => `# Completes impasto in fish: impasto completion fish | source
# The command that was typed: the words behind impasto that are commands.
function __impasto_command
    set -l words (commandline -opc)
    set -l command
    for word in $words[2..]
        contains -- (string join ' ' -- $command $word) ${pathsIn(program).map(quote).join(" ")}; or break
        set -a command $word
    end
    string join ' ' -- $command
end
function __impasto_in
    test "$(__impasto_command)" = "$argv"
end
function __impasto_behind
    test "$(string join ' ' -- (commandline -opc))" = "$(string join ' ' -- impasto $argv)"
end
${allCommands(program).flatMap(writeCommand).join("\n")}
`;

const pathsIn = (program: CompletedCommand): readonly string[] =>
  allCommands(program).flatMap(({ path }) => (path.length === 0 ? [] : [path.join(" ")]));

function writeCommand({ path, flags, commands, values }: CompletedCommand): readonly string[] {
  const when = (condition: string) =>
    `complete -c impasto -n ${quote(`${condition} ${path.join(" ")}`.trim())}`;
  const here = when("__impasto_in");
  return [
    ...(values.files ? [] : [`${here} -f`]),
    ...(values.words.length === 0 ? [] : [`${here} -a ${quote(values.words.join(" "))}`]),
    ...commands.map(
      ({ path: names, summary }) =>
        `${when("__impasto_behind")} -a ${quote(names.at(-1) ?? "")} -d ${quote(summary)}`,
    ),
    ...flags.map((flag) => `${here} ${writeFlag(flag)}`),
  ];
}

function writeFlag({ names, summary, value }: CompletedFlag): string {
  const written = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const takes = value === undefined ? [] : [value.files ? "-r -F" : "-x"];
  const words = value === undefined || value.words.length === 0 ? [] : [`-a ${quote(value.words.join(" "))}`];
  return [...written, ...takes, ...words, `-d ${quote(summary)}`].join(" ");
}

/** Between single quotes, fish sees nothing in a text but those and backslashes. */
const quote = (text: string): string => `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
