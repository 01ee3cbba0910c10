const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const NAME_WIDTH = 14;

/**
 * Shows what the set-up does: on a terminal one line a part which counts the seconds, in a pipe a plain line when a part
 * begins a thing and when it has ended.
 *
 * @param {NodeJS.WriteStream} stream
 */
export function createBoard(stream) {
  const live = stream.isTTY && process.env['TERM'] !== 'dumb';
  const colour = live && !process.env['NO_COLOR'];
  /** @type {Map<string, { mark: string, text: string, since: number, seconds?: number }>} */
  const lines = new Map();
  const startedAt = Date.now();
  let drawn = 0;
  let frame = 0;

  /** @param {string} mark */
  const painted = (mark) => {
    const code = { '✔': 32, '✘': 31 }[mark] ?? 2;
    return colour ? `\u001B[${code}m${mark}\u001B[0m` : mark;
  };

  const erase = () => {
    if (drawn > 0) stream.write(`\u001B[${drawn}A\u001B[J`);
    drawn = 0;
  };

  const draw = () => {
    erase();
    frame += 1;
    for (const [name, { mark, text, since, seconds }] of lines) {
      const elapsed = duration(seconds ?? (Date.now() - since) / 1_000);
      const shown = mark || FRAMES[frame % FRAMES.length] || '';
      const line = `${name.padEnd(NAME_WIDTH)} ${elapsed.padStart(7)}  ${text}`;
      // A wrapped line would take two rows, and the next erase would then leave one behind.
      stream.write(`  ${painted(shown)} ${line.slice(0, (stream.columns || 80) - 5)}\n`);
      drawn += 1;
    }
  };

  const timer = live ? setInterval(draw, 120) : undefined;
  timer?.unref();

  return {
    /**
     * @param {string} name
     * @param {string} text
     */
    doing(name, text) {
      lines.set(name, { mark: '', text, since: lines.get(name)?.since ?? Date.now() });
      if (!live) stream.write(`set-up: ${name}: ${text}\n`);
    },

    /**
     * @param {string} name
     * @param {'✔' | '✘' | '–'} mark
     * @param {string} text
     */
    done(name, mark, text) {
      const since = lines.get(name)?.since;
      // What began nothing is told in the summary.
      if (since === undefined) return;
      const seconds = (Date.now() - since) / 1_000;
      lines.set(name, { mark, text, since, seconds });
      if (!live) stream.write(`set-up: ${mark} ${name}: ${text} (${duration(seconds)})\n`);
    },

    /** Takes the lines away: what follows says it all. */
    clear() {
      clearInterval(timer);
      erase();
    },

    /** @param {readonly { mark: '✔' | '✘' | '–', text: string }[]} results */
    summary(results) {
      const all = results.map(({ mark, text }) => `${painted(mark)} ${text}`).join('  ');
      stream.write(`  set-up    ${all}    ${duration((Date.now() - startedAt) / 1_000)}\n`);
    },
  };
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`;
}
