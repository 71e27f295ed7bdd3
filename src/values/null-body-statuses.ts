/** The statuses whose responses have no body (Fetch Standard, section 2.2.3): `new Response` accepts none with them. */
export const NULL_BODY_STATUSES: readonly number[] = [204, 205, 304];
