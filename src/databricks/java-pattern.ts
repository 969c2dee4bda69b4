/** How a pattern of a policy is read here. */
export interface JavaPattern {
  /** Matches whole values; absent when only the workspace can judge. */
  readonly regex?: RegExp;
  /** Why nobody can read it. */
  readonly reason?: string;
}

/** Reads a regular expression as Java, which the workspace uses, means it. */
export function javaPattern(pattern: string): JavaPattern {
  try {
    return { regex: new RegExp(`^(?:${pattern})$`, 'u') };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}
