interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
}

/** Packages of a lockfile by path, as its member `packages` holds them; undefined when there is no lockfile. */
type LockedPackages = Readonly<Record<string, LockedPackage & { readonly name?: string }>> | undefined;

export function isInstalled(wanted: LockedPackages, installed: LockedPackages): boolean;
