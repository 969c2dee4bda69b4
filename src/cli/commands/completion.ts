import { script } from '@bomb.sh/tab';
import { Argument, type Command } from 'commander';
import { BASH_COMPLETION } from '../bash-completion.ts';
import type { Cli } from '../cli.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

export function configure(command: Command, cli: () => Cli): void {
  command
    .addArgument(new Argument('<shell>', 'the shell that you use').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  eval "$(hermes completion bash)"                         for this bash
  hermes completion zsh > "\${fpath[1]}/_hermes"            for every zsh
  hermes completion fish > ~/.config/fish/completions/hermes.fish`,
    )
    .action((shell: string) => {
      if (shell === 'bash') cli().result(BASH_COMPLETION);
      else script(shell, 'hermes', 'hermes');
    });
}
