import assert from 'node:assert/strict';
import Handlebars from 'handlebars';
import { templateKinds } from '../../src/templates/answers.ts';
import { renderTemplate, templateValues } from '../../src/templates/render-template.ts';
import { readTemplate } from '../../src/templates/template-files.ts';

const answers = { team: 'w', project: 'my-app', authorName: 'A & "B" $&', authorEmail: 'a@b.c' };
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
    assert.equal(rendered?.bytes.toString(), 'A & "B" $& "A & \\"B\\" $&"');
  });

  it('quotes a name for YAML only where YAML would read something else', () => {
    const text = (team: string) =>
      renderTemplate([file('x.hbs', '{{yaml team}}')], { ...answers, team })[0]?.bytes.toString();
    assert.deepEqual(['weather', 'no', 'null', 'none'].map(text), ['weather', '"no"', '"null"', 'none']);
  });

  it('keeps the braces of others, and what an answer says', () => {
    const text = '{{{{raw}}}}{{ vars.A }}{{{{/raw}}}} {{authorName}}';
    const odd = { ...answers, authorName: '{{team}} {{{{raw}}}}' };
    assert.equal(
      renderTemplate([file('x.hbs', text)], odd)[0]?.bytes.toString(),
      '{{ vars.A }} {{team}} {{{{raw}}}}',
    );
  });

  it('fails on a name that nobody answered, and on what is no place', () => {
    for (const place of [
      '{{name}}',
      '{{constructor}}',
      '{{#if team}}',
      '{{{team}}}',
      '{{ team }}',
      '{{team',
      '{{',
    ]) {
      assert.throws(
        () => renderTemplate([file('x.hbs', `a ${place}`)], answers),
        new Error(`Cannot render a template: nothing says what ${place} is.`),
      );
    }
  });

  for (const kind of templateKinds) {
    it(`writes what Handlebars writes: ${kind}`, () => {
      const files = readTemplate(kind).filter(({ path }) => path.endsWith('.hbs'));
      assert.deepEqual(
        renderTemplate(files, { name: 'w', ...answers }).map(({ bytes }) => bytes.toString()),
        files.map(({ bytes }) => withHandlebars(bytes.toString())),
      );
    });
  }
});

/** The same text by the library whose language the templates are written in. */
function withHandlebars(text: string): string {
  const engine = Handlebars.create();
  engine.registerHelper('json', (value: string) => JSON.stringify(value));
  engine.registerHelper('yaml', (value: string) => value);
  engine.registerHelper('raw', function (this: unknown, options: Handlebars.HelperOptions) {
    return options.fn(this);
  });
  return engine.compile(text, { noEscape: true, strict: true })(templateValues({ name: 'w', ...answers }));
}
