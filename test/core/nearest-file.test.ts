import assert from 'node:assert/strict';
import { shownPath } from '../../src/core/nearest-file.ts';

describe('a path, as the user would type it', () => {
  it('begins at the folder where he is', () => {
    assert.equal(shownPath('/home/ada/weather/dags/a.dag.yaml', '/home/ada/weather'), 'dags/a.dag.yaml');
    assert.equal(
      shownPath('/home/ada/airflow/dags/a.dag.yaml', '/home/ada/weather'),
      '../airflow/dags/a.dag.yaml',
    );
    assert.equal(shownPath('/home/ada/weather', '/home/ada/weather'), '.');
  });

  it('begins at the root where that is the shorter way', () => {
    assert.equal(shownPath('/srv/dags/a.dag.yaml', '/home/ada/weather'), '/srv/dags/a.dag.yaml');
  });
});
