// Text between raw marks stays as it is; `{{name}}`, `{{json name}}` and `{{yaml name}}` are filled in.
const PLACE =
  /\{\{\{\{raw\}\}\}\}([\s\S]*?)\{\{\{\{\/raw\}\}\}\}|\{\{(?:(json|yaml) )?(\w+)\}\}|\{\{[^}]*\}*/g;
// A plain name that YAML, or some reader of YAML 1.1, takes for something else: `e1` for a number.
const YAML_WORD = /^(null|true|false|yes|no|on|off|y|n|e\d+)$/;

/**
 * Fills in the places of a text: `{{name}}` as it is, `{{json name}}` as a quoted text for JSON, YAML and TOML,
 * `{{yaml name}}` in quotes only where YAML needs them. `{{{{raw}}}}…{{{{/raw}}}}` keeps the braces of others.
 * This is the part of Handlebars that a template may use, in a tenth of the time; a test compares the two.
 * @throws Error when a template says something else, or a name without a value
 */
export function renderText(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACE, (place: string, kept?: string, form?: string, name?: string) => {
    if (kept !== undefined) return kept;
    const value = name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`Cannot render a template: nothing says what ${place} is.`);
    if (form === 'json') return JSON.stringify(value);
    return form === 'yaml' ? yamlName(value) : value;
  });
}

/** A plain name as YAML reads it, in quotes only where it needs them. */
export function yamlName(name: string): string {
  return YAML_WORD.test(name) ? JSON.stringify(name) : name;
}
