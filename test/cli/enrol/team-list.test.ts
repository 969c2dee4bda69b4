import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTeams } from '../../../src/cli/enrol/team-list.ts';
import { temporaryFolder } from '../../setup.ts';

describe('the teams to enrol', () => {
  const folderWith = (text: string): string => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'teams.txt'), text);
    return folder;
  };

  it('are those of the command and of the file, each once', () => {
    const folder = folderWith('# who is new\nenergy\r\n\n  sea-life  # from March on\nweather\n');
    assert.deepEqual(readTeams(folder, ['weather', 'weather'], 'teams.txt'), [
      'weather',
      'energy',
      'sea-life',
    ]);
  });

  it('are refused with the lines of all names that are none', () => {
    const folder = folderWith('Sea Life\nenergy\n9to5\n');
    assert.throws(() => readTeams(folder, [], 'teams.txt'), {
      code: 'HERMES_PROBLEMS',
      message: [
        'teams.txt:1:1  team name "Sea Life" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: sea-life',
        'teams.txt:3:1  team name "9to5" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: to5',
      ].join('\n'),
    });
  });

  it('are refused when two would share a variable', () => {
    assert.throws(() => readTeams('/', ['sea-life', 'sea_life'], undefined), {
      message:
        'team  Teams sea-life and sea_life would share the variable hermes_sea_life. Rename one of them.',
    });
  });

  it('must be at least one', () => {
    assert.throws(() => readTeams(folderWith('# nobody yet\n'), [], 'teams.txt'), {
      code: 'HERMES_NO_TEAM',
      message: 'Cannot enrol: no team was named.',
    });
  });

  it('come from a file that can be read', () => {
    assert.throws(() => readTeams('/', [], 'nowhere.txt'), {
      message: 'nowhere.txt  The file cannot be read: there is no such file or folder.',
    });
  });
});
