/**
 * What differs between two choices of options, side by side.
 * @module
 */
import { type Difference, labelOf } from "../state/options.ts";

export const DifferenceTable = ({ differences }: { readonly differences: readonly Difference[] }) => (
  <table class="difference-table">
    <thead>
      <tr>
        <th scope="col">Setting</th>
        <th scope="col">Now</th>
        <th scope="col">Then</th>
      </tr>
    </thead>
    <tbody>
      {differences.map(({ name, from, to }) => (
        <tr key={name}>
          <th scope="row">{labelOf(name)}</th>
          <td>{from || "–"}</td>
          <td>{to || "–"}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
