/** A body as a caller may write it: what is optional may be `undefined`, and arrays may be readonly. JSON has neither. */
export type InputOf<Body> = Body extends string
  ? Body
  : Body extends unknown[]
    ? Readonly<Body>
    : Body extends object
      ? { [Name in keyof Body]: InputOf<Body[Name]> | IfOptional<Body, Name> }
      : Body;
/** `undefined` for an optional property, but not for an index signature, whose properties are not optional. */
type IfOptional<Body, Name extends keyof Body> = string extends Name
  ? never
  : object extends Pick<Body, Name>
    ? undefined
    : never;
