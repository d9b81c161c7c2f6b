"""政务服务网上窗口 · Online window: its profile."""
