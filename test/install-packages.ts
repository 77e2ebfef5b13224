import { installedPackages } from './api-map/installed-packages.ts';

/** Before any test: fixtures and contract tests find the packages that they import. */
export function setup(): void {
  installedPackages();
}
