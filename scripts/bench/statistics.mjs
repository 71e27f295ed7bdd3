/** @param {readonly number[]} values */
export function median(values) {
  return quantile(values, 0.5);
}

/**
 * Interpolates linearly between the two nearest ranks.
 *
 * @param {readonly number[]} values
 * @param {number} fraction
 */
function quantile(values, fraction) {
  const sorted = [...values].sort((left, right) => left - right);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * The median of the ratios within each round, so that a slow moment of the machine, which slows both, cancels out.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} reference
 */
export function ratio(values, reference) {
  return median(values.map((value, round) => value / (reference[round] ?? Number.NaN)));
}

/**
 * The median and, in brackets, the first and the third quartile.
 *
 * @param {readonly number[]} values
 * @param {number} digits
 */
export function spread(values, digits) {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((fraction) => format(quantile(values, fraction), digits));
  return `${middle} (${low}–${high})`;
}

/**
 * @param {number} value
 * @param {number} digits
 */
export function format(value, digits) {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
