import assert from 'node:assert/strict';
import { renderTemplate } from '../../src/templates/render-template.ts';

const answers = { team: 'w', project: 'my-app', authorName: 'A & "B"', authorEmail: 'a@b.c' };
const file = (path: string, text: string, executable = false) => ({
  path,
  bytes: Buffer.from(text),
  executable,
});

describe('rendering', () => {
  it('touches only files that end in .hbs, and every path', () => {
    const files = [file('{{project}}/{{module}}.py', '{{team}}'), file('x.hbs', '{{team}}', true)];
    assert.deepEqual(renderTemplate(files, answers), [
      file('my-app/my_app.py', '{{team}}'),
      file('x', 'w', true),
    ]);
  });

  it('escapes nothing for HTML and quotes where asked', () => {
    const [rendered] = renderTemplate([file('x.hbs', '{{authorName}} {{json authorName}}')], answers);
    assert.equal(rendered?.bytes.toString(), 'A & "B" "A & \\"B\\""');
  });

  it('quotes a name for YAML only where YAML would read something else', () => {
    const text = (team: string) =>
      renderTemplate([file('x.hbs', '{{yaml team}}')], { ...answers, team })[0]?.bytes.toString();
    assert.deepEqual(['weather', 'no', 'null', 'none'].map(text), ['weather', '"no"', '"null"', 'none']);
  });

  it('fails on a name that nobody answered', () => {
    assert.throws(() => renderTemplate([file('x.hbs', '{{name}}')], answers), /"name" not defined/);
  });
});
