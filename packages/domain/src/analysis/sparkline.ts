const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * A line of bars from the lowest to the highest value, a gap as a space. From zero where the values
 * are counts or shares, so that noise on a steady level does not look like a mountain range.
 */
export function sparkline(values: readonly (number | null)[], from: 'zero' | 'lowest' = 'zero'): string {
  const present = values.filter((value) => value !== null);
  const low = from === 'zero' ? Math.min(0, ...present) : Math.min(...present);
  const range = Math.max(...present) - low;
  return values
    .map((value) => {
      if (value === null) return ' ';
      const level = range > 0 ? Math.round(((value - low) / range) * (bars.length - 1)) : 0;
      return bars[level] ?? bars[0];
    })
    .join('');
}
