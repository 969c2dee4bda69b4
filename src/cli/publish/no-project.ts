/** Said by every command that works on projects and finds none. */
export const NO_PROJECT =
  'There is no project here: no folder has a pyproject.toml. Add one: hermes project new NAME';
