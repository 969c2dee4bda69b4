import assert from 'node:assert/strict';
import { chooseEngine, engineKind, findJava } from '../../../src/workspace/spark/engine-kind.ts';
import { openDatabase } from '../../../src/workspace/state/database.ts';
import { temporaryFolder } from '../../setup.ts';

describe('the Spark engine of a workspace', () => {
  it('is the embedded one until another is chosen, and stays what was chosen', () => {
    const folder = temporaryFolder();
    const db = openDatabase(folder);
    assert.equal(engineKind(db), 'sail');
    chooseEngine(folder, 'full');
    assert.equal(engineKind(db), 'full');
    db.close();
  });

  it('can be Apache Spark only where Java is', async () => {
    await assert.rejects(findJava({ PATH: '', JAVA_HOME: '/nowhere' }), {
      message:
        'Cannot use the full Spark engine [java=/nowhere/bin/java]: it needs Java 17 or newer, and there is none.',
      nextStep:
        'Install it: apt install openjdk-17-jre-headless (Debian, Ubuntu), brew install openjdk@17 (macOS). Or use the engine that needs none: hermes workspace start --spark sail.',
    });
  });
});
