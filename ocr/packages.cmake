# The packages of the document reader, all of them in one place, so that whatever is missing is told at once. Found ones become the
# targets PkgConfig::POPPLER and so on, and the variables OPENCV_*.

# bifrons_document_packages(missing): the Debian packages that are not there, as a list.
function(bifrons_document_packages missing_out)
  set(missing)
  find_package(PkgConfig QUIET)
  if(PKG_CONFIG_FOUND)
    foreach(need IN ITEMS "TESSERACT tesseract libtesseract-dev" "LEPTONICA lept libleptonica-dev" "POPPLER poppler libpoppler-dev"
                          "SECCOMP libseccomp libseccomp-dev" "FONTCONFIG fontconfig libfontconfig-dev" "JPEG libjpeg libjpeg62-turbo-dev"
                          "PNG libpng libpng-dev" "TIFF libtiff-4 libtiff-dev" "WEBP libwebp libwebp-dev" "LIBCRYPTO libcrypto libssl-dev")
      string(REPLACE " " ";" need "${need}")
      list(GET need 0 prefix)
      list(GET need 1 module)
      list(GET need 2 package)
      pkg_check_modules(${prefix} IMPORTED_TARGET GLOBAL QUIET ${module})
      if(NOT ${prefix}_FOUND)
        list(APPEND missing ${package})
      endif()
    endforeach()
  else()
    list(APPEND missing pkg-config)
  endif()
  find_path(BIFRONS_POPPLER_PRIVATE poppler/PDFDoc.h)  # Poppler's own headers
  if(NOT BIFRONS_POPPLER_PRIVATE)
    list(APPEND missing libpoppler-private-dev)
  endif()
  # Debian's libopencv-core-dev and -imgproc-dev come without CMake or pkg-config files.
  find_path(OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4)
  find_library(OPENCV_CORE opencv_core)
  find_library(OPENCV_IMGPROC opencv_imgproc)
  if(NOT OPENCV_INCLUDE OR NOT OPENCV_CORE)
    list(APPEND missing libopencv-core-dev)
  endif()
  if(NOT OPENCV_IMGPROC)
    list(APPEND missing libopencv-imgproc-dev)
  endif()
  find_package(SQLite3 QUIET)  # with FTS5
  if(NOT SQLite3_FOUND)
    list(APPEND missing libsqlite3-dev)
  endif()
  set(${missing_out} "${missing}" PARENT_SCOPE)
endfunction()
