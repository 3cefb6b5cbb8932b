"""Readers and writers that serve every formalism: XML, LTS files and JSON."""
