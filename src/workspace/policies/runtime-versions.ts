const NEWEST = '17.3.x';
const BEFORE = '16.4.x';

/** What the aliases of `spark_version` stand for in this workspace. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'auto:latest': `${NEWEST}-scala2.13`,
    'auto:latest-ml': `${NEWEST}-cpu-ml-scala2.13`,
    'auto:latest-lts': `${NEWEST}-scala2.13`,
    'auto:latest-lts-ml': `${NEWEST}-cpu-ml-scala2.13`,
    'auto:prev-major': `${BEFORE}-scala2.12`,
    'auto:prev-major-ml': `${BEFORE}-cpu-ml-scala2.12`,
    'auto:prev-lts': `${BEFORE}-scala2.12`,
    'auto:prev-lts-ml': `${BEFORE}-cpu-ml-scala2.12`,
  }),
);

/** The version that an alias stands for; any other text as it is. */
export function concreteVersion(version: string): string {
  return ALIASES.get(version) ?? version;
}

/** Runtimes that `clusters/spark-versions` names. Scripts run in this machine's Python whatever is chosen. */
export const sparkVersions: readonly { readonly key: string; readonly name: string }[] = [
  ...['17.3', '16.4', '15.4', '14.3'].map((version) => {
    const [scala, spark] = version === '17.3' ? ['2.13', '4.0.0'] : ['2.12', '3.5.0'];
    return {
      key: `${version}.x-scala${scala}`,
      name: `${version} LTS (includes Apache Spark ${spark}, Scala ${scala})`,
    };
  }),
];
