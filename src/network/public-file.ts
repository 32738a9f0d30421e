/**
 * The public file of VGG-19's weights: what it is called, how long it is, and where it is offered.
 * @module
 */

/** The name of the public file. */
export const PUBLIC_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5";

/** Its bytes. */
export const PUBLIC_SIZE = 80_134_624;

/** The folder it is offered in that pages may read as well: GitHub lets none read what it answers. */
export const PUBLIC_FOLDER = "https://storage.googleapis.com/tensorflow/keras-applications/vgg19/";

/** The folders it is offered in. */
export const PUBLIC_MIRRORS: readonly string[] = [
  "https://github.com/fchollet/deep-learning-models/releases/download/v0.1/",
  PUBLIC_FOLDER,
];
