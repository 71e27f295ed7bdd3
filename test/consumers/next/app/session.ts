import { cookies } from "next/headers";

/** Stands for what your application has: the id of the user who is signed in. */
export async function signedInUser(): Promise<string | undefined> {
  const session = (await cookies()).get("session");
  return session && "user_123";
}
