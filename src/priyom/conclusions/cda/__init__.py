"""The conclusion as СЭМД «Протокол консультации»: CDA R2 XML out of the frozen version."""
