import assert from 'node:assert/strict';
import { compareVariables } from '../../../../src/engines/airflow/deploy/compare-variables.ts';
import { refuseForeign } from '../../../../src/engines/airflow/deploy/foreign-variables.ts';

describe('variables of other teams', () => {
  const wanted = { hermes_weather_eu: { a: 1 }, hermes_energy: { a: 1 }, limit: 3 };

  it('are not set, whether Airflow has them already or not', () => {
    for (const there of [[], [['hermes_energy', '{"a": 2}']], [['hermes_energy', '{"a": "***"}']]] as const)
      assert.throws(() => refuseForeign(compareVariables(wanted, new Map(there)), ['weather-eu'], 'dev'), {
        message: 'Cannot set hermes_energy in dev: it is the variable of another team than weather-eu.',
        nextStep:
          'Take it out of variables/dev.json, or write there what Airflow has: the repository of that team sets it. Nothing was deployed.',
        code: 'HERMES_VARIABLE_OF_OTHERS',
      });
  });

  it('are left alone where they are as Airflow has them, for DAGs with tasks of several teams', () => {
    const there = new Map([['hermes_energy', '{ "a": 1 }']]);
    refuseForeign(compareVariables(wanted, there), ['weather-eu'], 'dev');
    refuseForeign(compareVariables(wanted, new Map()), ['weather-eu', 'energy'], 'dev');
  });
});
