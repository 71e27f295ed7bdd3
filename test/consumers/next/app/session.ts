/** Stands for what your application has: the id of the user who is signed in. */
export async function signedInUser(_request: Request): Promise<string | undefined> {
  return undefined;
}
