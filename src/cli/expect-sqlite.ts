/**
 * Keeps Node 22 from telling users, at every command, that `node:sqlite` is experimental there. Other warnings pass.
 * (https://nodejs.org/api/sqlite.html: stability 1.1 in Node 22, a release candidate from Node 24 on)
 */
export function expectSqlite(): void {
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning' && warning.message.includes('SQLite')) return;
    for (const print of printers) print.call(process, warning);
  });
}
