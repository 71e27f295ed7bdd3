import fc from "fast-check";

const anything = fc.jsonValue({ maxDepth: 1 });

/** A body as it is, and with one part of it left out, added or replaced by anything. */
export function variantsOf(body: unknown): fc.Arbitrary<unknown> {
  const replaced = [fc.constant(body), anything];
  if (Array.isArray(body))
    return fc.oneof(...replaced, ...body.map((item) => variantsOf(item).map((other) => [other])));
  if (typeof body !== "object" || body === null) return fc.oneof(...replaced);
  const changed = Object.entries(body).flatMap(([name, member]) => {
    const { [name]: _, ...rest } = { ...body, [name]: member };
    return [fc.constant(rest), variantsOf(member).map((other) => ({ ...rest, [name]: other }))];
  });
  const added = fc.dictionary(fc.string(), anything, { maxKeys: 1 }).map((more) => ({ ...more, ...body }));
  return fc.oneof(...replaced, added, ...changed);
}
