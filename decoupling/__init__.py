"""The separation of industry associations from government (行业协会商会脱钩)."""
