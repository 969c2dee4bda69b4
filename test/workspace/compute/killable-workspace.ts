import { startWorkspace } from '../../../src/workspace/server/server.ts';

// Serves the workspace of a folder until it is killed; the address is printed when it can be reached.
const [folder = ''] = process.argv.slice(2);
const workspace = await startWorkspace({ folder, machine: process.env, graceMs: 500 });
if (workspace === undefined) throw new Error('another process serves the folder');
console.log(JSON.stringify({ url: workspace.url, token: workspace.token }));
process.once('SIGTERM', () => void workspace.close());
