interface PinFieldProperties {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

/** Where a PIN is typed, which nobody reads over a shoulder, and no browser keeps. */
export function PinField({ label, value, onInput }: PinFieldProperties) {
  return (
    <label>
      {label}
      <input
        type="password"
        class="code"
        inputMode="numeric"
        autocomplete="off"
        maxLength={20}
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </label>
  );
}
