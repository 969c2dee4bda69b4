import { parseDocument, stringify } from 'yaml';
import type { AirflowSettings } from '../../config/airflow-settings.ts';

/** Two environments with the same settings are written out both. */
const STYLE = { lineWidth: 0, aliasDuplicateObjects: false } as const;

/**
 * Says in the text of a `hermes.yaml` where the Airflow of environments reads DAGs; remarks and other keys stay.
 * @param added By the names of environments that the file does not name yet.
 */
export function insertAirflow(text: string, added: Readonly<Record<string, AirflowSettings>>): string {
  const document = parseDocument(text);
  if (!document.has('airflow')) {
    const start = text.trimEnd();
    return `${start}${start === '' ? '' : '\n'}${stringify({ airflow: added }, STYLE)}`;
  }
  for (const [name, settings] of Object.entries(added)) document.setIn(['airflow', name], settings);
  return document.toString({ lineWidth: 0 });
}
