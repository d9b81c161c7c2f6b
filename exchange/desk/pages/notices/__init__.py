"""Pages and acts of notices: read and signed for, answered, issued, followed, passed on."""
