// Stands for what your application has: who is asking?
export async function userOf(request: Request): Promise<{ id: string } | undefined> {
  const id = request.headers.get("x-user");
  return id === null ? undefined : { id };
}
