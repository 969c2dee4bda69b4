import { itIsADatabricksWorkspace } from '../contracts/databricks.ts';
import { memoryDatabricks } from '../fakes/memory-databricks.ts';
import { swiftClock } from '../fakes/swift-clock.ts';

describe('the workspace in memory', () => {
  itIsADatabricksWorkspace(async () => ({
    databricks: memoryDatabricks(),
    clock: swiftClock(),
    script: (kind) => `file:///scripts/${kind}.py`,
    close: async () => undefined,
  }));
});
