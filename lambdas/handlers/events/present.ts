/** The same members, those left out whose value is undefined: to hand on what an event may or may not have. */
export function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}

type Present<T> = {
  [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>;
} & { [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name] };
