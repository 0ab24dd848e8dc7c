BEGIN CMS.  ~n
x: y