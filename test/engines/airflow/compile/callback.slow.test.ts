import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../src/core/package-root.ts';
import { airflowPython } from '../../../airflow-python.ts';
import { temporaryFolder } from '../../../setup.ts';

const PARTS = join(packageRoot, 'src', 'engines', 'airflow', 'compile');

const ALERTS = `
from airflow.sdk import BaseNotifier

class Page(BaseNotifier):
    def __init__(self, path, text):
        self.path, self.text = path, text

    def notify(self, context):
        tell(context, self.path, self.text)

class Program:
    def __init__(self, path, text):
        tell({"run_id": "made"}, path, text)

def tell(context, path, text):
    open(path, "a").write(f"{context['run_id']} {text}\\n")
`;

const CALL = `
import json, sys
from dag_parts import Callback
answers = []
for asked in json.loads(sys.argv[1]):
    try:
        Callback(**asked)({"run_id": "seattle"})
        answers.append("called")
    except (TypeError, ImportError) as error:
        answers.append(f"{type(error).__name__}: {error}")
print(json.dumps(answers))
`;

describe('a callback of a compiled DAG, in Airflow', () => {
  const folder = temporaryFolder();
  const heard = join(folder, 'heard.txt');
  let python: string;

  before(async () => {
    python = await airflowPython(3);
    writeFileSync(join(folder, 'acme_alerts.py'), ALERTS);
  });

  function call(...asked: readonly { callback: string; arguments: object }[]): string[] {
    const env = { ...process.env, AIRFLOW_HOME: folder, PYTHONPATH: `${PARTS}:${folder}` };
    const answer = execFileSync(python, ['-c', CALL, JSON.stringify(asked)], { env, encoding: 'utf8' });
    return JSON.parse(answer) as string[];
  }

  it('calls a notifier and a function with the context and their arguments; a missing one is told by name', () => {
    const answers = call(
      { callback: 'acme_alerts.Page', arguments: { path: heard, text: 'a notifier' } },
      { callback: 'acme_alerts.tell', arguments: { path: heard, text: 'a function' } },
      { callback: 'acme_gone.tell', arguments: {} },
    );
    assert.deepEqual(answers, ['called', 'called', "ModuleNotFoundError: No module named 'acme_gone'"]);
    assert.equal(readFileSync(heard, 'utf8'), 'seattle a notifier\nseattle a function\n');
  });

  it('calls nothing else: no other class, and nothing of the library of Python', () => {
    const made = join(folder, 'made');
    const program = { args: ['touch', made] };
    const names = [
      'subprocess.Popen',
      'subprocess.call',
      'os.system',
      'builtins.exec',
      'acme_alerts.Program',
    ];
    assert.deepEqual(
      call(
        ...names.map((callback) => ({
          callback,
          arguments: callback.startsWith('acme') ? { path: made, text: '' } : program,
        })),
      ),
      names.map((name) => `TypeError: ${name} is neither a notifier nor a function that Airflow could call.`),
    );
    assert.equal(existsSync(made), false);
  });
});
