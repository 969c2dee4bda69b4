/** `view_access_control_list` → `viewAccessControlList`. */
export function camelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `viewAccessControlList` → `view_access_control_list`. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The same object with its own keys changed; values, nested ones too, and absent values stay out or as they are. */
export function renameKeys(object: object, rename: (key: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [rename(key), value]),
  );
}
