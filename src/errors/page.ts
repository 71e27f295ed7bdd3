/** Whether this code runs in a page. */
export function isPage(): boolean {
  return "window" in globalThis && "document" in globalThis;
}
