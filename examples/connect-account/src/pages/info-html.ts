import { raw } from "hono/html";
import sanitizeHtml from "sanitize-html";

/** The help of an input, which is HTML from another server: text, emphasis, lists and links are kept, all else is removed. */
export function infoHtml(untrusted: string): ReturnType<typeof raw> {
  return raw(
    sanitizeHtml(untrusted, {
      allowedTags: ["a", "b", "br", "code", "em", "i", "li", "ol", "p", "strong", "ul"],
      allowedAttributes: { a: ["href", "rel", "target"] },
      allowedSchemes: ["https", "http", "mailto"],
      allowProtocolRelative: false,
      transformTags: { a: sanitizeHtml.simpleTransform("a", { rel: "noopener noreferrer", target: "_blank" }) },
    }),
  );
}
