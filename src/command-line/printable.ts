/**
 * A text that a terminal shows as it is: control characters and those that change the direction of text become escapes such as
 * `\u001b`. Line breaks stay. JSON means the same afterwards.
 */
export function printable(text: string): string {
  return text.replace(
    /(?!\n)[\p{Cc}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
