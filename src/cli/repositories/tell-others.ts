import type { Cli } from '../cli.ts';
import type { FleetReport } from './fleet-report.ts';

/** Tells of repositories that are not whole, and of those that the user named and that are not looked at. */
export function tellOthers(cli: Cli, { lost, passedOver }: FleetReport): void {
  for (const { repository, trouble } of lost) {
    cli.object({ repository: repository.name, trouble });
    cli.print(`${cli.style('red', '✗')} ${repository.name}  ${trouble}`);
  }
  for (const { repository, reason } of passedOver) {
    cli.object({ repository: repository.name, passedOver: reason });
    cli.print(`· ${repository.name}  ${reason}`);
  }
}
