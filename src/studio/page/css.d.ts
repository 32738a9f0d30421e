/** Style sheets are the bundler's: an import of one has an effect and no value. */
declare module "*.css";
