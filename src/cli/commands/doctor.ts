export async function doctorCommand(_flags: Readonly<Record<string, unknown>>): Promise<void> {}
