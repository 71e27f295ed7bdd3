// Stands for what your application has: who is asking? For the tests, a header that anyone could send; yours is a session.
export async function userOf(request: Request): Promise<{ id: string } | undefined> {
  const id = request.headers.get("x-user");
  return id === null ? undefined : { id };
}
