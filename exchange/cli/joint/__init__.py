"""Commands of joint documents."""
