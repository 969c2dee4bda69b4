const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** What stands for the mark of something that moves; the next frame is the next one. */
export function spinnerMark(frame: number): string {
  return FRAMES[frame % FRAMES.length] ?? '';
}
