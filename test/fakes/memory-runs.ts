import type { RunRecord } from '../../src/engines/local/record/run-record.ts';
import type { RunStore } from '../../src/engines/local/record/run-store.ts';

/** Records of runs in memory, as the disk would give them back. */
export function memoryRuns(onWrite: (record: RunRecord) => void = () => undefined): RunStore {
  const files = new Map<string, string>();
  const parse = (text: string): RunRecord => JSON.parse(text);
  return {
    write: async (record) => {
      onWrite(record);
      files.set(`${record.dagId}/${record.runId}`, JSON.stringify(record));
    },
    claim: async (dagId, runId, decide) => {
      const text = files.get(`${dagId}/${runId}`);
      const record = decide(text === undefined ? undefined : parse(text));
      onWrite(record);
      files.set(`${dagId}/${runId}`, JSON.stringify(record));
      return record;
    },
    read: async (dagId, runId) => {
      const text = files.get(`${dagId}/${runId}`);
      return text === undefined ? undefined : parse(text);
    },
    list: async () => [...files.values()].map(parse).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)),
  };
}
