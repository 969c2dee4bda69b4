const WHEEL = /^hermes_runtime-[^-]+-py3-none-any\.whl$/;

/** Whether a wheel is the module that Hermes puts on the path of every run: no code of the user, and no dependencies. */
export function isRuntimeModule(fileName: string): boolean {
  return WHEEL.test(fileName);
}
