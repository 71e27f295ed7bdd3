/**
 * Type guard: whether a value can be a segment of a path. `.` and `..` would change the path, encoded or not (URL Standard,
 * section 4.4); half a surrogate pair cannot be encoded.
 */
export function isPathSegment(value: unknown): value is string {
  return typeof value === "string" && !/^\.{0,2}$|\p{Surrogate}/u.test(value);
}
